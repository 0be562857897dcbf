# El anfitrión de una oficina, como lo oyen sus miembros.
cmd-host-join = Guardar una segunda copia con un anfitrión que no puede leerla, y trabajar desde varias computadoras.
cmd-host-join-more = ARCHIVO es la carta que le dio quien maneja el anfitrión. Todo lo que aquí está guardado con llave se envía allá, con llave como está. Una segunda computadora empieza desde una copia con "amparo restore CARPETA --host ARCHIVO".
cmd-host-status = Decir si el anfitrión responde, qué espera para enviarse, y si cumplió su palabra.
cmd-host-sync = Enviar lo que espera y recibir lo que escribieron las otras computadoras de la oficina.
answer-host-joined = Esta oficina se unió a { $address }. El anfitrión guarda lo que está con llave y no puede leerlo.
answer-host-reached = El anfitrión { $address } responde.
answer-host-away = No se pudo llegar al anfitrión { $address }. De todos modos se pueden agregar, leer y corregir papeles, y se envían después. Retirar, abrir casos nuevos, y cambiar miembros o accesos tienen que esperarlo.
answer-host-waiting = { $count ->
    [0] Nada espera para enviarse.
    [one] 1 cosa espera para enviarse.
   *[other] { $count } cosas esperan para enviarse.
}
answer-host-anew = { $case }: otra persona escribió mientras esta computadora estaba sin conexión. { $sealed } entradas escritas aquí quedaron detrás de las suyas; { $dropped } ya no hacían falta; { $waiting } esperan a que el miembro que las escribió abra la oficina.
answer-host-diverged = { $case }: entradas escritas aquí sin conexión todavía esperan su lugar detrás de las de otros. Abra la oficina como el miembro que las escribió y ejecute "amparo host sync".
answer-host-rolled-back = { $case }: EL ANFITRIÓN PERDIÓ ENTRADAS. Había confirmado la entrada { $acknowledged } y ahora solo muestra { $there }. Aquí no se perdió nada. Avise a quien maneja el anfitrión, y conserve esta computadora y sus copias.
answer-host-forked = { $case }: EL ANFITRIÓN MUESTRA OTRA HISTORIA en la entrada { $seq } que la que confirmó. No se recibió nada de ella. Avise a quien maneja el anfitrión, y conserve esta computadora y sus copias.
answer-host-gone = { $case }: el anfitrión ya no lo tiene. Si el caso se destruyó por orden, esta computadora lo hará al abrirse otra vez; si no, avise a quien maneja el anfitrión.
word-office-journal = la lista propia de la oficina
problem-host-letter = Este archivo no es la carta de un anfitrión. Pida otra vez la carta a quien maneja el anfitrión y dé el archivo tal como lo recibió.
problem-host-joined = Esta oficina ya tiene un anfitrión. Ejecute "amparo host status".
problem-no-host = Esta oficina no tiene anfitrión: todo está en esta computadora y en sus copias. "amparo help host join" dice cómo unirse a uno.
problem-host-away = No se pudo llegar al anfitrión, y esto lo necesita: los demás de su oficina deben verlo enseguida. Lo que puede esperar (agregar, leer y corregir papeles) funciona sin él. Revise la conexión e intente de nuevo.
problem-host-stranger = El anfitrión no conoce a esta oficina. Únase con la carta de quien maneja el anfitrión ("amparo host join"); si ya se había unido, tal vez cambió la llave de la oficina: pregunte a quien maneja el anfitrión.
problem-host-refused = El anfitrión se negó ({ $why }). Lo que usted escribió sigue en esta computadora. Pregunte a quien maneja el anfitrión o vea "amparo host status".
problem-cannot-read = No se puede leer { $path }. Revise el nombre y que esta cuenta pueda leerlo.
flag-host = la carta del anfitrión de la oficina: recibir lo que otras computadoras escribieron desde la copia y trabajar junto con ellas
problem-host-worked-before = Esta computadora escribió en la lista propia de la oficina después de recuperarse y antes de unirse, y otra también: ninguna puede quedar detrás de la otra. Recupérela otra vez desde la copia y únase de inmediato: "amparo restore CARPETA --host CARTA" en una carpeta vacía.
